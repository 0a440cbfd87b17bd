import type { Citation } from '@samoey/api'
import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'
import { copyableAnswer, inOrderOfUse, shownAnswer } from '@/features/chat/answer-text'
import { AnswerText } from '@/features/chat/AnswerText'
import { TooltipScope } from '@/ui/tooltip'
import { makeCitation, makeMessage } from './make'

function show(text: string, citations: Citation[] = []) {
  return render(
    <TooltipScope>
      <AnswerText text={text} citations={citations} hrefOf={(one) => `#open-${one.number}`} />
    </TooltipScope>,
  )
}

test('a citation in the text is a chip that opens its lines', () => {
  show('It retries [^2].', [makeCitation({ number: 2, path: 'a/retry.py', start: 41, end: 58 })])

  const chip = screen.getByRole('link', { name: 'retry.py:41–58 in a/retry.py, source 2' })
  expect(chip).toHaveTextContent('retry.py:41–58')
  expect(chip).toHaveAttribute('href', '#open-2')
})

test('a number that no citation has is left out, and code keeps its brackets', () => {
  show('Nothing [^9] here.\n\n```py\nx = "[^1]"\n```', [makeCitation({ number: 1 })])

  expect(screen.queryByRole('link')).toBeNull()
  expect(screen.getByText(/Nothing\s+here\./)).toBeInTheDocument()
  expect(screen.getByText(/\[\^1\]/)).toBeInTheDocument()
})

test('raw HTML is text, pictures and scripts of an answer are never loaded', () => {
  const { container } = show(
    '<img src=x onerror=alert(1)> <script>alert(1)</script>\n\n![pixel](https://evil.test/p.png)\n\n[go](javascript:alert(1))',
  )

  expect(container.querySelector('img, script, iframe')).toBeNull()
  expect(screen.getByText('pixel')).toHaveAttribute('href', 'https://evil.test/p.png')
  expect(screen.getByText('go').getAttribute('href') ?? '').not.toContain('javascript')
})

test('a code block says its language and path, and opens the file that is cited', () => {
  show('```python retry.py\nretry()\n```', [makeCitation({ number: 1, path: 'src/retry.py' })])

  expect(screen.getByText('retry.py')).toBeInTheDocument()
  expect(screen.getByText(/python/)).toBeInTheDocument()
  expect(screen.getByRole('link', { name: 'Open the file' })).toHaveAttribute('href', '#open-1')
})

test('a citation alone above a code block is its head: the place is said once', () => {
  const citation = makeCitation({
    number: 1,
    path: 'src/app.py',
    start: 1,
    end: 2,
    symbol: 'start',
  })
  show('The closest match:\n\n[^1]\n\n```python src/app.py\na = 1\nb = 2\n```', [citation])

  const links = screen.getAllByRole('link')
  expect(links.map((link) => link.textContent)).toEqual(['src/app.py:1–2'])
  expect(links[0]).toHaveAttribute('href', '#open-1')
  expect(screen.getAllByText(/app\.py/)).toHaveLength(1)
})

test('a citation in a sentence above a code block stays in the sentence', () => {
  show('It is so [^1]:\n\n```\nnew\n```', [makeCitation({ number: 1 })])

  expect(screen.getByText(/It is so/).querySelector('a')).toHaveTextContent('app.py:1–2')
})

test('a code block of 24 lines is shown whole', () => {
  show(`\`\`\`\n${Array.from({ length: 24 }, (_, at) => `line${at}`).join('\n')}\n\`\`\``)

  expect(screen.getByText(/line23/)).toBeInTheDocument()
  expect(screen.queryByRole('button', { name: /Show all/ })).toBeNull()
})

test('code that changes the cited lines can be compared with them', async () => {
  const text = 'around = 0\nfirst = 1\nsecond = 2\naround = 3'
  const citation = makeCitation({ path: 'src/app.py', start: 6, text })
  show('Like this [^1]:\n\n```python app.py\nfirst = 1\nsecond = 3\n```', [citation])

  await userEvent.click(screen.getByRole('button', { name: 'Compare' }))

  const shown = screen.getByRole('region', { name: 'Comparison' })
  expect(shown).toHaveTextContent('8−second = 28+second = 3')
  expect(shown).not.toHaveTextContent('around')
})

test('code that only repeats the cited lines has nothing to compare', () => {
  show('So [^1]:\n\n```python app.py\na = 1\n```', [makeCitation()])

  expect(screen.queryByRole('button', { name: 'Compare' })).toBeNull()
})

test('a long code block folds and stays unfolded while the text grows', async () => {
  const code = Array.from({ length: 25 }, (_, at) => `line${at}`).join('\n')
  const view = show(`\`\`\`\n${code}\n\`\`\``)
  expect(screen.queryByText(/line24/)).toBeNull()

  await userEvent.click(screen.getByRole('button', { name: 'Show all 25 lines' }))
  view.rerender(
    <TooltipScope>
      <AnswerText text={`\`\`\`\n${code}\n\`\`\`\n\nmore`} citations={[]} hrefOf={() => ''} />
    </TooltipScope>,
  )

  expect(screen.getByText(/line24/)).toBeInTheDocument()
})

test('sources stand in the order in which the text uses them', () => {
  const citations = [1, 2, 3].map((number) => makeCitation({ number }))

  const order = inOrderOfUse('first [^3], then [^1] and [^3] again', citations)

  expect(order.map((one) => one.number)).toEqual([3, 1, 2])
})

test('a copied answer names its sources in words', () => {
  const citation = makeCitation({ number: 1, path: 'a.py', start: 2, end: 4, commit: 'abcdef0123' })

  expect(copyableAnswer({ text: 'See [^1].', citations: [citation] })).toBe(
    'See [a.py:2-4@abcdef01].',
  )
})

test('pieces are shown while an answer is written and the kept answer once it is done', () => {
  const stream = {
    attempt: 1,
    text: 'so far',
    citations: [],
    stage: 'writing',
    ended: false,
    next: 1,
    early: new Map(),
  }
  const message = makeMessage({ status: 'writing', text: '' })

  expect(shownAnswer(message, stream)).toMatchObject({ text: 'so far', active: true })
  expect(shownAnswer({ ...message, attempt: 2 }, stream)).toMatchObject({ text: '', active: true })
  expect(shownAnswer({ ...message, status: 'done', text: 'all' }, stream)).toMatchObject({
    text: 'all',
    active: false,
  })
})
