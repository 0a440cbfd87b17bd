export { Join } from './Join'
export { SetUp } from './SetUp'
