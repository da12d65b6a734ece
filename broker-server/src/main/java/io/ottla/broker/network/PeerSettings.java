package io.ottla.broker.network;

/**
 * How connections to other brokers behave.
 *
 * @param clientId what the peer's log knows the requests by
 * @param requestTimeoutMs how long a request may take, from {@code send} to its response
 * @param connectTimeoutMs how long an attempt to connect may take
 * @param maxInFlight requests that may wait for their responses, or for the connection; further ones fail
 * @param maxResponseBytes the longest response that is read
 * @param socketReceiveBufferBytes -1 for the system's choice
 */
public record PeerSettings(
        String clientId,
        long requestTimeoutMs,
        int connectTimeoutMs,
        int maxInFlight,
        int maxResponseBytes,
        int socketReceiveBufferBytes) {}
