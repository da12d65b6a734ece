/**
 * From frame to response: the pipeline every request passes, free of any transport.
 *
 * <p>A frame is parsed, its handler looked up, its body decoded, the handler called, and the response encoded in the
 * order of the connection's requests, whatever the order in which handlers complete. Authentication, quotas and the
 * like are further steps of {@link io.ottla.broker.request.RequestPipeline}.
 *
 * <p>State: {@link io.ottla.broker.request.HandlerRegistry} is immutable and shared; {@link
 * io.ottla.broker.request.RequestPipeline} belongs to one connection and is confined to that connection's event loop;
 * {@link io.ottla.broker.request.RequestMemory} is shared by all connections and thread-safe. The package must not know
 * Netty's channels: {@link io.ottla.broker.request.ClientConnection} and {@link io.ottla.broker.request.ResponseSink}
 * are what {@code broker.network} implements.
 */
@NullMarked
package io.ottla.broker.request;

import org.jspecify.annotations.NullMarked;
