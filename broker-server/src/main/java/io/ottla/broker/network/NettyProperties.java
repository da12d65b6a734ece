package io.ottla.broker.network;

/** Netty's own switches, which are system properties read when its classes are first used. */
final class NettyProperties {

    private NettyProperties() {}

    /** Sets those that the operator has not. To be called before the first channel is made. */
    static void apply() {
        // Netty tells channels of different hosts apart by hardware address, for which it asks every network interface.
        // Connections here have ids of their own.
        setDefault("io.netty.machineId", "00:00:00:00:00:00:00:00");
        setDefault("io.netty.processId", Long.toString(ProcessHandle.current().pid()));
        // Events of every allocation for Flight Recorder: a hundred classes more at start.
        setDefault("io.netty.jfr.enabled", "false");
    }

    private static void setDefault(String name, String value) {
        if (System.getProperty(name) == null) {
            System.setProperty(name, value);
        }
    }
}
