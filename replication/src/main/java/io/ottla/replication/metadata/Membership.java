package io.ottla.replication.metadata;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether this broker still is a member of its cluster, as far as it has been told. Any thread.
 *
 * <p>Behind a cut from ZooKeeper a broker cannot see that its session is over: all that it led is led elsewhere, and what it
 * knows of the cluster grows old. If ZooKeeper is away for everybody, nothing of that is so. The controller knows the
 * difference, and tells it by refusing the broker's epoch.
 */
public final class Membership {
    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);

    /** In place of an epoch, while this broker itself knows that it is not registered. */
    private static final long NOT_REGISTERED = -1;

    private final LongSupplier brokerEpoch;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile long endedEpoch = NOT_REGISTERED;

    /** @param brokerEpoch the epoch of the registration that this broker believes in, -1 without one; any thread */
    public Membership(LongSupplier brokerEpoch) {
        this.brokerEpoch = brokerEpoch;
    }

    /** Calls {@code listener} whenever a membership has ended, in the thread that has learned of it. */
    public void onEnd(Runnable listener) {
        listeners.add(listener);
    }

    /** Whether the registration that this broker believes in is over. A new registration begins a new membership. */
    public boolean hasEnded() {
        long epoch = endedEpoch;
        return epoch != NOT_REGISTERED && epoch == brokerEpoch.getAsLong();
    }

    /**
     * The controller has refused a request as one of a registration that is over. An epoch that this broker does not believe
     * in any more says nothing: the next one may be known to the controller already.
     */
    public void onRefused(long epoch) {
        if (epoch == NOT_REGISTERED || epoch != brokerEpoch.getAsLong() || epoch == endedEpoch) {
            return;
        }
        endedEpoch = epoch;
        LOG.warn(
                "This broker is not registered any more, the controller says of its epoch {}: until it has registered again it"
                        + " leads nothing, and sends clients that ask for leaders to other brokers",
                epoch);
        listeners.forEach(Runnable::run);
    }
}
