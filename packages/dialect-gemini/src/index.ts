export { decodeRequest } from './chat/decode-request.ts'
