package io.ottla.broker.network;

import io.ottla.broker.config.NetworkConfig;

/**
 * What sockets and framing take from the configuration; the components are named after their properties.
 *
 * @param socketSendBufferBytes -1 for the system's choice
 * @param socketReceiveBufferBytes -1 for the system's choice
 * @param connectionsMaxIdleMs not positive for no limit
 */
public record NetworkSettings(
        int socketSendBufferBytes,
        int socketReceiveBufferBytes,
        int socketListenBacklogSize,
        int socketRequestMaxBytes,
        long connectionsMaxIdleMs) {

    /** The settings that the configuration has. */
    public static NetworkSettings of(NetworkConfig config) {
        return new NetworkSettings(
                config.socketSendBufferBytes(),
                config.socketReceiveBufferBytes(),
                config.socketListenBacklogSize(),
                config.socketRequestMaxBytes(),
                config.connectionsMaxIdleMs());
    }
}
