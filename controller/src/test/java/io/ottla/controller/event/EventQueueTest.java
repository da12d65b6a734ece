package io.ottla.controller.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.util.concurrent.ImmediateEventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Events run one at a time, each to the end of its asynchronous work, and are bounded. */
class EventQueueTest {

    private final EventQueue queue = new EventQueue(ImmediateEventExecutor.INSTANCE, 2);
    private final List<String> order = new ArrayList<>();

    @Test
    void startsAnEventOnlyWhenTheOneBeforeIsDone() {
        CompletableFuture<String> slow = new CompletableFuture<>();
        CompletableFuture<String> first = queue.submit("first", () -> slow);
        CompletableFuture<String> second = queue.submit("second", () -> {
            order.add("second started");
            return CompletableFuture.completedFuture("2");
        });
        assertThat(order).isEmpty();
        slow.complete("1");
        assertThat(first).isCompletedWithValue("1");
        assertThat(second).isCompletedWithValue("2");
    }

    @Test
    void goesOnAfterAnEventThatFailsOrThrows() {
        CompletableFuture<String> failing =
                queue.submit("failing", () -> CompletableFuture.failedFuture(new IllegalStateException("no")));
        CompletableFuture<String> throwing = queue.submit("throwing", () -> {
            throw new IllegalStateException("thrown");
        });
        CompletableFuture<String> next = queue.submit("next", () -> CompletableFuture.completedFuture("ok"));
        assertThatThrownBy(failing::join).hasMessageContaining("no");
        assertThatThrownBy(throwing::join).hasMessageContaining("thrown");
        assertThat(next).isCompletedWithValue("ok");
    }

    @Test
    void refusesRequestsBeyondItsBoundButNotWhatTheClusterReports() {
        CompletableFuture<String> slow = new CompletableFuture<>();
        var running = queue.submit("running", () -> slow);
        var waiting = List.of(
                queue.submit("a", () -> CompletableFuture.completedFuture("a")),
                queue.submit("b", () -> CompletableFuture.completedFuture("b")));
        CompletableFuture<String> refused = queue.submit("c", () -> CompletableFuture.completedFuture("c"));
        CompletableFuture<String> reported = queue.submitAlways("d", () -> CompletableFuture.completedFuture("d"));
        assertThatThrownBy(refused::join).hasMessageContaining("2 controller events are waiting");
        slow.complete("done");
        assertThat(running).isCompleted();
        assertThat(waiting).allSatisfy(each -> assertThat(each).isCompleted());
        assertThat(reported).isCompletedWithValue("d");
    }
}
