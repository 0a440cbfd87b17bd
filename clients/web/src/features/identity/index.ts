export { Password } from './Password'
export { ResetPassword } from './ResetPassword'
export { SignIn } from './SignIn'
