import next from 'eslint-config-next/core-web-vitals'
import typescript from 'eslint-config-next/typescript'

const insides = {
  group: ['@/features/*/*', '../../features/*'],
  message: "Import a feature by its public face only: '@/features/<word>'.",
}
const upwards = {
  group: ['@/features/*', '@/frame/*', '@/app/*'],
  message: 'ui/ knows no feature, no frame and no route.',
}

const rules = [
  {
    ignores: [
      '**/node_modules/**',
      '**/out/**',
      '**/.next/**',
      '**/public/monaco/**',
      '**/next-env.d.ts',
      '**/schema.d.ts',
    ],
  },
  ...next,
  ...typescript,
  {
    settings: { next: { rootDir: 'web' }, react: { version: '19.2' } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      complexity: ['error', 10],
      eqeqeq: ['error', 'smart'],
      'max-lines': ['error', { max: 250 }],
      'no-console': 'error',
      'no-restricted-imports': ['error', { patterns: [insides] }],
      'react/no-danger': 'error',
    },
  },
  {
    // Each part of a page that is shown or not counts as a branch, and is none to follow.
    files: ['**/*.tsx'],
    rules: { complexity: ['error', 15] },
  },
  {
    // A test may look at the part of a feature that it is about.
    files: ['**/tests/**'],
    rules: { 'no-restricted-imports': 'off' },
  },
  {
    files: ['web/src/ui/**'],
    rules: { 'no-restricted-imports': ['error', { patterns: [insides, upwards] }] },
  },
]

export default rules
