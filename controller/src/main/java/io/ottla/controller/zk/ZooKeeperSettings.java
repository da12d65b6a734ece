package io.ottla.controller.zk;

/**
 * How to reach ZooKeeper.
 *
 * @param connect {@code zookeeper.connect}: host:port pairs separated by commas, and a chroot after them if wanted
 * @param connectionTimeoutMs {@code zookeeper.connection.timeout.ms}: bound of the first connection
 * @param sessionTimeoutMs {@code zookeeper.session.timeout.ms}
 * @param maxInFlight {@code zookeeper.max.in.flight.requests}: requests sent and not yet answered
 */
public record ZooKeeperSettings(String connect, int connectionTimeoutMs, int sessionTimeoutMs, int maxInFlight) {

    /** Rejects what no property file may say. */
    public ZooKeeperSettings {
        if (hostsOf(connect).isBlank()) {
            throw new IllegalArgumentException(
                    "zookeeper.connect is \"" + connect + "\", expected host:port[,...][/chroot]");
        }
        if (maxInFlight < 1) {
            throw new IllegalArgumentException(
                    "zookeeper.max.in.flight.requests is " + maxInFlight + ", expected >= 1");
        }
    }

    /** With Kafka's defaults for everything but the address. */
    public static ZooKeeperSettings of(String connect) {
        return new ZooKeeperSettings(connect, 18_000, 18_000, 10);
    }

    /** The connect string without its chroot. */
    String hosts() {
        return hostsOf(connect);
    }

    /** The chroot with its leading slash, or an empty string. */
    String chroot() {
        String tail = connect.substring(hostsOf(connect).length());
        return tail.endsWith("/") ? tail.substring(0, tail.length() - 1) : tail;
    }

    private static String hostsOf(String connect) {
        int slash = connect.indexOf('/');
        return slash < 0 ? connect : connect.substring(0, slash);
    }
}
