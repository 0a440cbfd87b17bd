import type { Citation, CodeIndex, Message, Repository } from '@samoey/api'

export function makeCitation(part: Partial<Citation> = {}): Citation {
  return {
    number: 1,
    repository_id: 'r',
    repository_name: 'service',
    path: 'src/app.py',
    start: 1,
    end: 2,
    commit: 'c'.repeat(40),
    symbol: null,
    text: 'a = 1\nb = 2',
    ...part,
  }
}

export function makeMessage(part: Partial<Message> = {}): Message {
  return {
    id: 'm',
    conversation_id: 'c',
    number: 2,
    role: 'assistant',
    author: null,
    text: '',
    citations: [],
    outline: [],
    context_tokens: null,
    dropped_citations: 0,
    model: null,
    notes: [],
    status: 'done',
    problem: null,
    answers: null,
    attempt: 1,
    rating: null,
    created_at: '2026-01-01T00:00:00Z',
    ...part,
  }
}

export function makeRepository(part: Partial<Repository> = {}): Repository {
  return {
    id: 'r',
    workspace_id: 'w',
    name: 'service',
    source: 'https://git.example.com/service.git',
    kind: 'git',
    branch: 'main',
    default_branch: 'main',
    include: [],
    exclude: ['vendor/**'],
    commit: 'c'.repeat(40),
    dirty: false,
    dirty_wanted: false,
    notes: [],
    sync_minutes: 30,
    synced_at: null,
    status: 'ready',
    problem: null,
    has_credential: false,
    progress: null,
    created_at: '2026-01-01T00:00:00Z',
    ...part,
  }
}

export function makeIndex(part: Partial<CodeIndex> = {}): CodeIndex {
  return {
    repository_id: 'r',
    commit: 'c'.repeat(40),
    snapshot_commit: 'c'.repeat(40),
    state: 'ready',
    files_done: 10,
    files_total: 10,
    chunks: 100,
    windowed: 0,
    skipped: 0,
    bytes: 1000,
    started_at: null,
    finished_at: null,
    problem: null,
    ...part,
  }
}
