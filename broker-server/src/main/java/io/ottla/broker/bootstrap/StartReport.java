package io.ottla.broker.bootstrap;

import io.ottla.broker.cli.BuildVersion;
import io.ottla.broker.config.BrokerConfig;
import io.ottla.broker.config.Endpoint;
import io.ottla.storage.file.LogDirectory;
import io.ottla.storage.store.LogStore;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an operator reads at the start: a few lines that tell what is in effect. */
final class StartReport {
    private static final Logger LOG = LoggerFactory.getLogger(Broker.class);
    private static final double BYTES_PER_GIB = 1L << 30;

    private StartReport() {}

    static void identity(Identity identity, Foundation foundation) {
        LOG.info(
                "Ottla {} on Java {}: broker {} of cluster {}",
                BuildVersion.text(),
                Runtime.version(),
                identity.brokerId(),
                identity.clusterId());
        LOG.info(
                "listeners as advertised: {} ({})",
                identity.advertised().stream().map(Endpoint::toString).collect(Collectors.joining(", ")),
                foundation.loops().transportName());
    }

    static void storage(LogStore logs, Coordination coordination, BrokerConfig config) {
        LOG.info(
                "log.dirs: {}",
                logs.directories().stream().map(StartReport::freeSpace).collect(Collectors.joining(", ")));
        LOG.info("ZooKeeper: {}", coordination.description());
        LOG.info("durability: {}", durability(config));
        if (logs.previousBrokerEpoch() < 0
                && !logs.hasOfflineDirectory()
                && !logs.partitions().isEmpty()) {
            LOG.info(
                    "the last shutdown was not clean: {} logs are checked from their recovery points on, and served as they are ready",
                    logs.partitions().size());
        }
    }

    private static String freeSpace(LogDirectory directory) {
        if (!directory.health().isOnline()) {
            return directory.path() + " (OFFLINE)";
        }
        try {
            return String.format(
                    Locale.ROOT, "%s (%.1f GiB free)", directory.path(), directory.usableBytes() / BYTES_PER_GIB);
        } catch (IOException e) {
            return directory.path() + " (free space unknown: " + e.getMessage() + ")";
        }
    }

    private static String durability(BrokerConfig config) {
        long messages = config.logs().flushIntervalMessages();
        long intervalMs = config.logs().flushIntervalMs();
        if (messages == 1) {
            return "every acknowledged record is on disk (flush.messages=1)";
        }
        String forced = messages == Long.MAX_VALUE && intervalMs == Long.MAX_VALUE
                ? "the operating system decides when it gets to disk"
                : "it is forced to disk after " + messages + " records or " + intervalMs + " ms";
        return "an acknowledged record is in the page cache of its in-sync replicas and survives kill -9; " + forced;
    }

    static void loopbackWarning(List<Endpoint> bound, List<Endpoint> advertised) {
        boolean boundEverywhere =
                bound.stream().anyMatch(endpoint -> endpoint.host().isEmpty());
        for (Endpoint endpoint : advertised) {
            boolean loopback =
                    endpoint.host().equals("localhost") || endpoint.host().startsWith("127.");
            if (boundEverywhere && loopback) {
                LOG.warn(
                        "clients are told to connect to {}, which only works on this machine;"
                                + " set advertised.listeners to an address that they can reach",
                        endpoint);
            }
        }
    }

    static void ready(StartClock clock) {
        LOG.info("ready, {} s after the start", clock.seconds());
    }

    static void waitingForController(int controllerId) {
        LOG.warn(
                "not ready: {}; waiting for the controller to introduce this broker to the cluster",
                controllerId < 0 ? "there is no controller" : "broker " + controllerId + ", the controller, is silent");
    }

    static void registrationChanged(long brokerEpoch) {
        if (brokerEpoch < 0) {
            LOG.warn("not ready: this broker has lost its registration in ZooKeeper; registering again for ever");
        } else {
            LOG.info("ready: registered again, with epoch {}", brokerEpoch);
        }
    }
}
