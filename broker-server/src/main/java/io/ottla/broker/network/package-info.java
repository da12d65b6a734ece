/**
 * Listeners, connections and framing: the only package that knows Netty's transport.
 *
 * <p>Each connection belongs to one event loop of {@link io.ottla.broker.network.NetworkLoops}; its {@code
 * FrameReader} and {@code ConnectionHandler} are confined to it. What connections share ({@code ConnectionLimits}, the
 * request memory) is thread-safe without locks on the way of a request. What a frame means is none of this package's
 * business: it hands frames to {@code broker.request} and writes what comes back.
 */
@NullMarked
package io.ottla.broker.network;

import org.jspecify.annotations.NullMarked;
