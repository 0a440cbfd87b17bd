'use client'

import { workspaces } from '@samoey/api'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useHash } from '@/session'
import { SkeletonRows } from '@/ui/empty'
import { Link } from '@/ui/link'
import { ProblemPanel } from '@/ui/problem'
import { type Account, AccountForm } from './AccountForm'
import { ROLE_WORDS } from './roles'

/** Behind an invitation link: what one is invited to, and one's account. */
export function Join() {
  const token = useHash()
  const router = useRouter()
  const queries = useQueryClient()
  const accept = useMutation({
    mutationFn: (account: Account) => workspaces.accept({ ...account, token: token ?? '' }),
    onSuccess: () => {
      queries.clear()
      router.replace('/')
    },
  })

  // Once it is accepted the link is spent: asking for it again would only be refused.
  const spent = accept.isPending || accept.isSuccess
  const invitation = useQuery({
    ...workspaces.invitation(token ?? ''),
    enabled: Boolean(token) && !spent,
  })

  if (token === '') {
    return (
      <>
        <h1 className="text-lg font-semibold">Open your invitation link</h1>
        <p className="text-quiet">
          The link ends in a token, which is missing here. Copy it whole, or ask for a new one.
        </p>
      </>
    )
  }
  if (invitation.error) {
    return (
      <>
        <h1 className="text-lg font-semibold">This invitation does not open</h1>
        <ProblemPanel error={invitation.error} />
        <p className="text-quiet">
          Ask whoever invited you for a new link. If you have an account here,{' '}
          <Link href="/sign-in/" className="text-accent underline underline-offset-2">
            sign in
          </Link>
          .
        </p>
      </>
    )
  }
  if (!invitation.data) return <SkeletonRows rows={4} />
  return (
    <>
      <div>
        <h1 className="text-lg font-semibold">Join {invitation.data.workspace_name}</h1>
        <p className="mt-1 text-quiet">
          You are invited as {invitation.data.role}: {ROLE_WORDS[invitation.data.role]}.
        </p>
      </div>
      <AccountForm
        email={invitation.data.email}
        act="Join"
        busy={accept.isPending || accept.isSuccess}
        error={accept.error}
        onSubmit={(account) => accept.mutate(account)}
      />
    </>
  )
}
