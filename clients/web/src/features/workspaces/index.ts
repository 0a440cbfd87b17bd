export { Join } from './Join'
export { Members } from './Members'
export { SetUp } from './SetUp'
export { WorkspaceName } from './WorkspaceName'
