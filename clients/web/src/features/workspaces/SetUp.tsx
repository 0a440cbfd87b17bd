'use client'

import { workspaces } from '@samoey/api'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useHash } from '@/session'
import { Button } from '@/ui/button'
import { Link } from '@/ui/link'
import { type Account, AccountForm } from './AccountForm'

/** Behind the one-time link that `samoey up` prints: the first owner's account. */
export function SetUp() {
  const token = useHash()
  const router = useRouter()
  const queries = useQueryClient()
  const state = useQuery(workspaces.setupState())
  const setUp = useMutation({
    mutationFn: (account: Account) => workspaces.setUp({ ...account, token: token ?? '' }),
    onSuccess: () => {
      queries.clear()
      router.replace('/')
    },
  })

  if (state.data && !state.data.open && setUp.isIdle) {
    return (
      <>
        <h1 className="text-lg font-semibold">This installation is set up</h1>
        <p className="text-quiet">
          It has an owner already. Sign in, or ask them for an invitation.
        </p>
        <Button tone="accent" size="lg" asChild>
          <Link href="/sign-in/">Sign in</Link>
        </Button>
      </>
    )
  }
  if (token === '') {
    return (
      <>
        <h1 className="text-lg font-semibold">Open the set-up link</h1>
        <p className="text-quiet">
          <code>samoey up</code> prints a one-time link that ends in a token. Open that link to
          create the owner’s account.
        </p>
      </>
    )
  }
  return (
    <>
      <div>
        <h1 className="text-lg font-semibold">Create the owner’s account</h1>
        <p className="mt-1 text-quiet">
          It may add repositories and invite people. Everything stays on this installation.
        </p>
      </div>
      <AccountForm
        act="Create account"
        busy={setUp.isPending || setUp.isSuccess}
        error={setUp.error}
        onSubmit={(account) => setUp.mutate(account)}
      />
    </>
  )
}
