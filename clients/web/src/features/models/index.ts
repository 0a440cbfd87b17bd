export { Models } from './Models'
