package io.ottla.broker.handler.fetch;

import io.ottla.protocol.message.FetchRequest;
import io.ottla.storage.log.LogView;

/**
 * The terms of one fetch, the same for all its partitions.
 *
 * @param version of the request
 * @param replicaId the follower that fetches, or negative for a consumer
 * @param replicaEpoch the epoch of that follower's broker, -1 if it does not tell
 * @param clientRack where the client is, empty if it does not tell
 * @param minBytes an answer waits until there are so many, or maxWaitMs have passed
 * @param maxBytes of records in the answer, unless its first batch is larger
 */
record FetchTerms(
        short version,
        int replicaId,
        long replicaEpoch,
        String clientRack,
        Visibility visibility,
        int maxWaitMs,
        int minBytes,
        int maxBytes) {

    private static final short TOPIC_IDS_VERSION = 13;
    private static final short REPLICA_STATE_VERSION = 15;
    private static final short ANY_REPLICA_VERSION = 11;
    private static final long UNKNOWN_EPOCH = -1;
    /** A client that asks to wait longer is answered with nothing then, and asks again; it may be gone for long. */
    private static final int MAX_WAIT_MS = 300_000;

    private static final byte READ_COMMITTED = 1;

    /** Which records the client may see. */
    enum Visibility {
        /** Those below the high watermark. */
        COMMITTED {
            @Override
            long bound(LogView view) {
                return view.highWatermark();
            }
        },
        /** Those below the last stable offset: no transaction there is undecided. */
        STABLE {
            @Override
            long bound(LogView view) {
                return view.lastStableOffset();
            }
        },
        /** All, for followers. */
        EVERYTHING {
            @Override
            long bound(LogView view) {
                return view.logEndOffset();
            }
        };

        /** The offset up to which, exclusive, the records are visible. */
        abstract long bound(LogView view);
    }

    static FetchTerms of(FetchRequest request, short version, int fetchMaxBytes) {
        Visibility visibility = request.isolationLevel() == READ_COMMITTED ? Visibility.STABLE : Visibility.COMMITTED;
        boolean tellsState = version >= REPLICA_STATE_VERSION;
        int replicaId = tellsState ? request.replicaState().replicaId() : request.replicaId();
        if (replicaId >= 0) {
            visibility = Visibility.EVERYTHING;
        }
        int maxBytes = Math.max(0, Math.min(request.maxBytes(), fetchMaxBytes));
        return new FetchTerms(
                version,
                replicaId,
                tellsState ? request.replicaState().replicaEpoch() : UNKNOWN_EPOCH,
                version >= ANY_REPLICA_VERSION ? request.rackId() : "",
                visibility,
                Math.min(request.maxWaitMs(), MAX_WAIT_MS),
                Math.min(request.minBytes(), maxBytes),
                maxBytes);
    }

    boolean isOfFollower() {
        return visibility == Visibility.EVERYTHING;
    }

    /** Whether a follower may answer: to consumers that know of it, what is committed there (KIP-392). */
    boolean mayReadFromFollower() {
        return !isOfFollower() && version >= ANY_REPLICA_VERSION;
    }

    /** Whether topics are named by id. */
    boolean usesTopicIds() {
        return version >= TOPIC_IDS_VERSION;
    }
}
