import { fireEvent, render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test, vi } from 'vitest'
import { PaneHead, Panes, SideHead } from '@/ui/page'
import { TooltipScope } from '@/ui/tooltip'

function show(withSide = true) {
  const close = vi.fn<() => void>()
  render(
    <TooltipScope>
      <Panes
        title="Letters"
        listLabel="Letters"
        list={
          <>
            <button type="button">New</button>
            <a href="#one" aria-current="page">
              one
            </a>
          </>
        }
        main={<PaneHead title="One" back={() => undefined} />}
        side={withSide ? <SideHead title="Code" onClose={close} /> : undefined}
        onCloseSide={close}
        wideSide
        focus="main"
      />
    </TooltipScope>,
  )
  return close
}

const LIST = 'Show the list: Letters'

test('a list that made room for the side panel comes back by its button and goes with Escape', async () => {
  const close = show()
  const button = screen.getByRole('button', { name: LIST })
  await userEvent.click(button)

  expect(button).toHaveAttribute('aria-expanded', 'true')
  expect(screen.getByRole('link', { name: 'one' })).toHaveFocus()
  await userEvent.keyboard('{Escape}')
  expect(button).toHaveAttribute('aria-expanded', 'false')
  expect(button).toHaveFocus()
  expect(close).not.toHaveBeenCalled()
})

test('Escape closes the side panel, unless somebody else used the key', () => {
  const close = show()
  const used = new KeyboardEvent('keydown', { key: 'Escape', cancelable: true })
  used.preventDefault()
  fireEvent(window, used)
  expect(close).not.toHaveBeenCalled()

  fireEvent.keyDown(document.body, { key: 'Escape' })
  expect(close).toHaveBeenCalledOnce()
})

test('without a side panel the list stands there and needs no button', () => {
  show(false)

  expect(screen.queryByRole('button', { name: LIST })).toBeNull()
})
