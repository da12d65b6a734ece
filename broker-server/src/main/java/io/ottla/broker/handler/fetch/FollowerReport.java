package io.ottla.broker.handler.fetch;

import io.netty.util.concurrent.EventExecutor;
import io.ottla.replication.partition.FollowerFetch;
import io.ottla.replication.partition.FollowerSession;
import io.ottla.replication.partition.LeaderRole;
import io.ottla.replication.partition.Partition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells the leaders here how far a follower is that fetches: at once where the home loop is the one that runs, else by one
 * task for each home loop. Only what the request names is told, and what a new leadership has not heard; but everything when
 * the follower has registered anew: a leader that knows its former epoch cannot take it into the ISR (KIP-903). Used once.
 */
final class FollowerReport {

    private final FetchReader reader;
    private final FetchTerms terms;
    private final FollowerSession follower;
    private final Map<EventExecutor, List<Runnable>> elsewhere = new LinkedHashMap<>();

    FollowerReport(FetchReader reader, FetchTerms terms, FollowerSession follower) {
        this.reader = reader;
        this.terms = terms;
        this.follower = follower;
    }

    void send(FetchSession session, long nowNs) {
        boolean registeredAnew = follower.touch(terms.replicaEpoch(), nowNs);
        if (registeredAnew) {
            session.activateAll(nowNs);
        }
        for (FetchedPartition wanted : session.active()) {
            if (wanted.isNamed || registeredAnew || isUnheard(wanted)) {
                wanted.isNamed = false;
                report(wanted);
            }
        }
        elsewhere.forEach((loop, reports) -> loop.execute(() -> reports.forEach(Runnable::run)));
    }

    @SuppressWarnings("ReferenceEquality") // Each leadership is an instance of its own.
    private static boolean isUnheard(FetchedPartition wanted) {
        Partition partition = wanted.hosted;
        return partition == null || partition.isRemoved() || partition.role() != wanted.reportedTo;
    }

    private void report(FetchedPartition wanted) {
        LeaderRole leader = reader.accept(wanted, terms);
        Partition partition = wanted.hosted;
        wanted.reportedTo = leader;
        if (leader == null || partition == null) {
            return;
        }
        FollowerFetch fetch = new FollowerFetch(
                terms.replicaId(), terms.replicaEpoch(), wanted.fetchOffset, wanted.logStartOffset, follower);
        if (partition.loop().inEventLoop()) {
            partition.onFollowerFetch(leader, fetch);
        } else {
            elsewhere
                    .computeIfAbsent(partition.loop(), loop -> new ArrayList<>())
                    .add(() -> partition.onFollowerFetch(leader, fetch));
        }
    }
}
