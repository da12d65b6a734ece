package io.ottla.replication.metadata;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import io.ottla.protocol.message.UpdateMetadataRequest;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Holds the current {@link MetadataImage}. Updates are serialized by this object's monitor (they come from one controller,
 * a few per second at most); readers take {@link #image} once per request and never wait.
 */
public final class MetadataCache {

    private volatile MetadataImage image = MetadataImage.EMPTY;
    private final List<MetadataListener> listeners = new CopyOnWriteArrayList<>();
    private final Set<Waiter> waiters = ConcurrentHashMap.newKeySet();

    public MetadataImage image() {
        return image;
    }

    /**
     * Called for every later update, on the thread of the update, in the order of updates; must not block.
     */
    public void addListener(MetadataListener listener) {
        listeners.add(listener);
    }

    /** Publishes the next image, then tells the listeners and completes the waits that it satisfies. */
    public void apply(UpdateMetadataRequest update) {
        synchronized (this) {
            MetadataImage before = image;
            MetadataImage after = before.apply(update);
            image = after;
            listeners.forEach(listener -> listener.onMetadata(before, after));
        }
        waiters.forEach(Waiter::check);
    }

    /**
     * Completes with the first image, from the current one on, that satisfies {@code condition}; or with the image of that
     * moment when {@code timeoutMs} have passed, so that the caller answers with what is known. The number of waits is
     * bounded by the requests in flight.
     *
     * @param loop schedules the deadline
     */
    public CompletableFuture<MetadataImage> await(
            Predicate<MetadataImage> condition, EventExecutor loop, long timeoutMs) {
        MetadataImage now = image;
        if (condition.test(now)) {
            return CompletableFuture.completedFuture(now);
        }
        Waiter waiter = new Waiter(condition);
        waiters.add(waiter);
        ScheduledFuture<?> deadline =
                loop.schedule(() -> waiter.result.complete(image), timeoutMs, TimeUnit.MILLISECONDS);
        CompletableFuture<MetadataImage> done = waiter.result.whenComplete((result, failure) -> {
            waiters.remove(waiter);
            deadline.cancel(false);
        });
        // An update between the first test and the registration would otherwise be missed.
        waiter.check();
        return done;
    }

    /** {@link #await} for topics that exist with a leader for every partition. */
    public CompletableFuture<MetadataImage> awaitTopics(Iterable<String> names, EventExecutor loop, long timeoutMs) {
        return await(candidate -> areLed(candidate, names), loop, timeoutMs);
    }

    private static boolean areLed(MetadataImage image, Iterable<String> names) {
        for (String name : names) {
            TopicImage topic = image.topic(name);
            if (topic == null || !topic.isLed()) {
                return false;
            }
        }
        return true;
    }

    private final class Waiter {
        final Predicate<MetadataImage> condition;
        final CompletableFuture<MetadataImage> result = new CompletableFuture<>();

        Waiter(Predicate<MetadataImage> condition) {
            this.condition = condition;
        }

        void check() {
            MetadataImage now = image;
            if (condition.test(now)) {
                result.complete(now);
            }
        }
    }
}
