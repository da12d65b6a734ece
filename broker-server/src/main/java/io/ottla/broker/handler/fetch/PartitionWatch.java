package io.ottla.broker.handler.fetch;

import io.ottla.replication.delayed.WaitList;

/**
 * How a session hears of what happens to one of its partitions: a place in one of the partition's lists, kept from one
 * request to the next for as long as nothing happens. Begun and ended by the request that holds the session.
 */
final class PartitionWatch extends WaitList.Wait {

    private final FetchSession session;
    private final FetchedPartition watched;
    private final WaitList list;
    private final boolean forRecords;
    private volatile boolean ended;

    /** @param forRecords whether an event means records that the client may read, not only something to tell it */
    PartitionWatch(FetchSession session, FetchedPartition watched, WaitList list, boolean forRecords) {
        this.session = session;
        this.watched = watched;
        this.list = list;
        this.forRecords = forRecords;
    }

    /** From now on the next event is heard of. */
    void begin() {
        list.add(this);
    }

    void end() {
        ended = true;
        list.remove(this);
    }

    @Override
    protected void onEvent(int bytes) {
        if (!ended && session.onEvent(watched, bytes, forRecords)) {
            list.add(this);
        }
    }
}
