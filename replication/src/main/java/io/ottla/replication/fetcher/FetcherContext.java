package io.ottla.replication.fetcher;

import io.ottla.protocol.message.FetchRequest;
import io.ottla.replication.quota.FollowerThrottle;
import java.util.function.LongSupplier;

/**
 * What all fetchers of a broker share.
 *
 * @param brokerId this broker
 * @param brokerEpoch of this broker's registration, -1 without one; any thread
 * @param loopCount how many home loops there are
 * @param throttle for all fetchers together
 */
record FetcherContext(
        FetcherSettings settings,
        int brokerId,
        LongSupplier brokerEpoch,
        SourceConnector connector,
        int loopCount,
        FollowerThrottle throttle) {

    private static final short REPLICA_STATE_VERSION = 15;

    /** Says who fetches, and in which life of the broker: a disk may have been lost in between (KIP-903). */
    void identify(FetchRequest request, short version) {
        if (version >= REPLICA_STATE_VERSION) {
            request.setReplicaState(
                    new FetchRequest.ReplicaState().setReplicaId(brokerId).setReplicaEpoch(brokerEpoch.getAsLong()));
        } else {
            request.setReplicaId(brokerId);
        }
    }
}
