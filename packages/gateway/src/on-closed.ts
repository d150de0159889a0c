import type { ServerResponse } from 'node:http'

/** Calls back once when a response has been sent, or cannot be sent any more. */
export function onClosed(response: ServerResponse, callback: () => void): void {
  if (response.socket === null) onQueuedClosed(response, callback)
  else response.once('close', callback)
}

/**
 * A response that waits behind another one of its connection (pipelining): Node 22 does not tell it when the connection
 * closes, and its call would go on for nobody. So the connection itself is asked.
 */
function onQueuedClosed(response: ServerResponse, callback: () => void): void {
  const { socket } = response.req
  const closed = () => {
    response.off('close', closed)
    socket.off('close', closed)
    if (!response.writableFinished) response.destroy()
    callback()
  }
  response.on('close', closed)
  // There are as many listeners as the client sends requests ahead, which is no leak.
  socket.setMaxListeners(0)
  socket.on('close', closed)
}
