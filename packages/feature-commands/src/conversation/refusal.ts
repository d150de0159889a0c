/** How every answer begins that the gateway gives to a message with words which it did not send to a model. */
const beginning = 'This message was not sent to a model: '

/** The answer to a message that is not sent. It can be told from all others when a client resends it. */
export function refusal(reason: string): string {
  return `${beginning}${reason}`
}

/** Whether an answer was given by the gateway to a message that it did not send. */
export function isRefusal(answer: string): boolean {
  return answer.trimStart().startsWith(beginning)
}
