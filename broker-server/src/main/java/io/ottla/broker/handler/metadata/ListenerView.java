package io.ottla.broker.handler.metadata;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.replication.metadata.BrokerImage;
import io.ottla.replication.metadata.MetadataImage;
import io.ottla.replication.metadata.PartitionImage;
import java.util.ArrayList;
import java.util.List;

/** The cluster as clients of one listener see it: a broker without an endpoint of that listener does not exist for them. */
record ListenerView(MetadataImage image, String listenerName) {

    /** Receives the brokers that clients of the listener can reach, by ascending id. */
    interface BrokerSink {
        void accept(BrokerImage broker, BrokerImage.Endpoint endpoint);
    }

    void forEachBroker(BrokerSink sink) {
        for (BrokerImage broker : image.brokers()) {
            BrokerImage.Endpoint endpoint = broker.endpoint(listenerName);
            if (endpoint != null) {
                sink.accept(broker, endpoint);
            }
        }
    }

    boolean isReachable(int brokerId) {
        BrokerImage broker = image.broker(brokerId);
        return broker != null && broker.endpoint(listenerName) != null;
    }

    /** The controller if clients can reach it, else -1. */
    int reachableControllerId() {
        return isReachable(image.controllerId()) ? image.controllerId() : -1;
    }

    /**
     * NONE if clients of the listener reach the leader; LISTENER_NOT_FOUND if the leader lives but has no such listener,
     * which only clients of {@code namesListenerErrors} understand; else LEADER_NOT_AVAILABLE.
     */
    ErrorCode leaderError(PartitionImage partition, boolean namesListenerErrors) {
        if (isReachable(partition.leader())) {
            return ErrorCode.NONE;
        }
        return namesListenerErrors && image.broker(partition.leader()) != null
                ? ErrorCode.LISTENER_NOT_FOUND
                : ErrorCode.LEADER_NOT_AVAILABLE;
    }

    /** Those of the brokers that clients of the listener can reach. */
    List<Integer> reachable(List<Integer> brokerIds) {
        List<Integer> result = new ArrayList<>(brokerIds.size());
        for (Integer id : brokerIds) {
            if (isReachable(id)) {
                result.add(id);
            }
        }
        return result;
    }
}
