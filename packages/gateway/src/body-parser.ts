import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { contentCoding, decodeBody } from './decode-body.ts'
import type { HostSettings } from './host-settings.ts'
import { type BodyReader, readBody } from './read-body.ts'
import { RequestBodySource } from './request-body-source.ts'

/** Decides whether the body of a request is streamed through. */
export type StreamsBody = (request: FastifyRequest) => boolean

/** Reads bodies of every content type as bytes, or leaves them unread as a `RequestBodySource`. For encapsulated scopes. */
export function parseBodies(
  scope: FastifyInstance,
  settings: HostSettings,
  streamsBody: StreamsBody,
): void {
  const { clock, maxBodyBytes, maxStreamedBodyBytes } = settings
  scope.removeAllContentTypeParsers()
  // The first name is there for speed only: Fastify remembers parsers by name, but not the one for everything.
  scope.addContentTypeParser(['application/json', '*'], (request, payload, done) => {
    const raw = request.raw
    if (payload !== raw) {
      done(new TypeError('A preParsing hook replaced the body of a gateway route.'))
    } else if (streamsBody(request)) {
      done(null, new RequestBodySource(raw, maxStreamedBodyBytes, clock))
    } else {
      readDecoded(raw, maxBodyBytes, (error, body) => done(error ?? null, body))
    }
  })
}

function readDecoded(request: IncomingMessage, limit: number, done: BodyReader): void {
  const coding = contentCoding(request.headers['content-encoding'])
  if (coding === undefined) {
    readBody(request, limit, done)
    return
  }
  readBody(request, limit, (error, body) => {
    if (body === undefined) done(error)
    else decodeBody(body, { coding, limit }, describeDecoded(request, done))
  })
}

/** Makes the headers describe the decoded body. */
function describeDecoded(request: IncomingMessage, done: BodyReader): BodyReader {
  return (error, body) => {
    if (body !== undefined) {
      delete request.headers['content-encoding']
      request.headers['content-length'] = String(body.length)
    }
    done(error, body)
  }
}
