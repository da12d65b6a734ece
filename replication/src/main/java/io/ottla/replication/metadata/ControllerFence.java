package io.ottla.replication.metadata;

import io.ottla.protocol.error.ErrorCode;
import java.util.function.LongSupplier;

/**
 * Refuses orders of deposed controllers and orders that were meant for an earlier life of this broker. One fence serves
 * LeaderAndIsr, StopReplica and UpdateMetadata, so an epoch seen by one of them binds the others. Safe on any thread.
 */
public final class ControllerFence {

    private static final long ANY_BROKER_EPOCH = -1;

    private final LongSupplier brokerEpoch;
    private int controllerEpoch;

    /** @param brokerEpoch this broker's current epoch (the czxid of its registration), -1 before the first one */
    public ControllerFence(LongSupplier brokerEpoch) {
        this.brokerEpoch = brokerEpoch;
    }

    /**
     * NONE if the order may be carried out, in which case its controller epoch becomes the least that is admitted; else
     * STALE_BROKER_EPOCH or STALE_CONTROLLER_EPOCH. A broker epoch above the own one is admitted: the controller may have
     * seen the registration before this broker learned of its success.
     */
    public synchronized ErrorCode admit(int requestControllerEpoch, long requestBrokerEpoch) {
        if (requestBrokerEpoch != ANY_BROKER_EPOCH && requestBrokerEpoch < brokerEpoch.getAsLong()) {
            return ErrorCode.STALE_BROKER_EPOCH;
        }
        if (requestControllerEpoch < controllerEpoch) {
            return ErrorCode.STALE_CONTROLLER_EPOCH;
        }
        controllerEpoch = requestControllerEpoch;
        return ErrorCode.NONE;
    }

    /** The highest controller epoch that was admitted, 0 before any. */
    public synchronized int controllerEpoch() {
        return controllerEpoch;
    }
}
