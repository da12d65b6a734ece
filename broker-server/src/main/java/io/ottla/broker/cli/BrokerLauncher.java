package io.ottla.broker.cli;

import io.ottla.broker.config.BrokerConfig;

/** Builds and starts a broker of this process. */
public interface BrokerLauncher {
    /**
     * Returns once the broker serves its clients.
     *
     * @throws StartupException if the operator can do something about it
     */
    RunningBroker start(BrokerConfig config);

    /** A broker that has been started. */
    interface RunningBroker extends AutoCloseable {
        /** Waits until the broker has stopped, for whatever reason. */
        void awaitShutdown() throws InterruptedException;

        /** Whether the broker has stopped because it could not go on. */
        default boolean hasFailed() {
            return false;
        }

        /** Stops the broker cleanly; a second call returns once the first has done its work. */
        @Override
        void close();
    }
}
