package io.ottla.replication.metadata;

import static io.ottla.replication.metadata.MetadataImageTest.led;
import static io.ottla.replication.metadata.MetadataImageTest.topic;
import static io.ottla.replication.metadata.MetadataImageTest.update;
import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.loop.ManualLoop;
import io.ottla.protocol.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Publication, listeners and waits of the cache, with a loop whose time the test advances. */
class MetadataCacheTest {

    private final MetadataCache cache = new MetadataCache();
    private final ManualLoop loop = new ManualLoop();

    @Test
    void tellsListenersBothImagesAfterPublishing() {
        List<MetadataImage> seen = new ArrayList<>();
        cache.addListener((before, after) -> {
            assertThat(cache.image()).isSameAs(after);
            seen.add(before);
            seen.add(after);
        });
        cache.apply(update(topic("a", new UUID(0, 1), led(0, 1))));
        assertThat(seen).containsExactly(MetadataImage.EMPTY, cache.image());
    }

    @Test
    void aWaitForTopicsEndsWithTheUpdateThatLeadsThemAll() {
        CompletableFuture<MetadataImage> wait = cache.awaitTopics(List.of("a", "b"), loop, 1000);
        cache.apply(update(topic("a", new UUID(0, 1), led(0, 1)), topic("b", new UUID(0, 2), led(0, -1))));
        assertThat(wait).isNotDone();
        cache.apply(update(topic("b", new UUID(0, 2), led(0, 1))));
        assertThat(wait).isCompletedWithValue(cache.image());
        assertThat(loop.hasTimers()).isFalse();
        assertThat(cache.awaitTopics(List.of("a"), loop, 1000)).isCompletedWithValue(cache.image());
    }

    @Test
    void aWaitEndsAtItsDeadlineWithWhatIsKnownThen() {
        CompletableFuture<MetadataImage> wait = cache.awaitTopics(List.of("a"), loop, 1000);
        loop.advanceMs(999);
        assertThat(wait).isNotDone();
        cache.apply(update(topic("z", new UUID(0, 9), led(0, 1))));
        loop.advanceMs(1);
        assertThat(wait).isCompletedWithValue(cache.image());
    }

    @Test
    void theFenceRefusesOlderControllersAndOlderBrokerEpochs() {
        ControllerFence fence = new ControllerFence(() -> 100);
        assertThat(fence.admit(5, 100)).isEqualTo(ErrorCode.NONE);
        assertThat(fence.admit(4, 100)).isEqualTo(ErrorCode.STALE_CONTROLLER_EPOCH);
        assertThat(fence.admit(6, 99)).isEqualTo(ErrorCode.STALE_BROKER_EPOCH);
        assertThat(fence.controllerEpoch()).isEqualTo(5);
        assertThat(fence.admit(5, -1)).isEqualTo(ErrorCode.NONE);
        assertThat(fence.admit(6, 101)).isEqualTo(ErrorCode.NONE);
    }
}
