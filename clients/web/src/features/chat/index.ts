export { useConversations } from './ConversationList'
export { Conversations } from './Conversations'
export { NewQuestion } from './NewQuestion'
export { useOutbox } from './outbox'
