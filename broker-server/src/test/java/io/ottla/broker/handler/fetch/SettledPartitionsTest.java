package io.ottla.broker.handler.fetch;

import static io.ottla.broker.handler.fetch.FetchHandlerTest.full;
import static io.ottla.broker.handler.fetch.FetchHandlerTest.next;
import static io.ottla.broker.handler.fetch.FetchHandlerTest.only;
import static io.ottla.broker.handler.fetch.FetchHandlerTest.open;
import static io.ottla.broker.handler.fetch.FetchHandlerTest.partition;
import static io.ottla.broker.handler.fetch.FetchHandlerTest.release;
import static io.ottla.broker.handler.fetch.FetchHandlerTest.sizeOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.broker.handler.DataPlane;
import io.ottla.broker.handler.TestContext;
import io.ottla.protocol.message.FetchRequest;
import io.ottla.protocol.message.FetchRequest.ForgottenTopic;
import io.ottla.protocol.message.FetchResponse;
import io.ottla.replication.partition.Partition;
import io.ottla.replication.quota.LeaderThrottle;
import io.ottla.replication.quota.ReplicationThrottle;
import io.ottla.storage.log.LogView;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A session does not look at partitions of which it knows that there is nothing to read and nothing to tell, misses nothing by
 * that, and keeps places in their lists of waits only as long as somebody may come for what they tell.
 */
class SettledPartitionsTest {

    private DataPlane plane;
    private LeaderThrottle throttle;
    private FetchHandler handler;

    @BeforeEach
    void openPlane(@TempDir Path directory) throws IOException {
        plane = new DataPlane(directory, 5);
        plane.lead("t", 4);
        throttle = new LeaderThrottle(new ReplicationThrottle(plane.ticker, 11, 1), 1);
        handler = new FetchHandler(
                plane.locator,
                new FetchHandler.Settings(1 << 20, 10, ReplicaSelector.LEADER),
                plane.work::add,
                plane.ticker,
                new Random(5),
                throttle);
    }

    @AfterEach
    void close() {
        plane.close();
    }

    @Test
    void onlyWhatHasChangedIsLookedAtAgain() {
        FetchSession session = lookedAt(all(), false);
        assertThat(session.active()).isEmpty();
        plane.append("t", 2, "a");
        assertThat(session.isReadable()).isTrue();
        session.activateChanged(1);
        assertThat(session.active()).extracting(wanted -> wanted.index).containsExactly(2);
        look(session, false);
        // It has not been fetched yet, so it stays.
        assertThat(session.active()).extracting(wanted -> wanted.index).containsExactly(2);
        assertThat(session.isReadable()).isFalse();
    }

    @Test
    void afterAWhileEverythingIsLookedAt() {
        FetchSession session = lookedAt(all(), false);
        session.activateChanged(FetchSession.FULL_LOOK_NS - 1);
        assertThat(session.active()).isEmpty();
        session.activateChanged(FetchSession.FULL_LOOK_NS);
        assertThat(session.active()).hasSize(4);
    }

    @Test
    void aCommitIsSomethingToTellAFollowerButNoReasonToWakeIt() {
        plane.order("t", 0, DataPlane.BROKER, 1, List.of(DataPlane.BROKER, 2));
        plane.append("t", 0, "a");
        FetchSession session = lookedAt(full(partition(0, 1)).setReplicaId(2), true);
        assertThat(session.active()).isEmpty();
        plane.order("t", 0, DataPlane.BROKER, 2, List.of(DataPlane.BROKER));
        session.activateChanged(1);
        look(session, true);
        assertThat(session.active()).extracting(wanted -> wanted.index).containsExactly(0);
    }

    @Test
    void whatIsAppendedBetweenTwoFetchesIsInTheSecond() {
        FetchResponse first = plane.ask(handler, context(), open(partition(0, 0), partition(1, 0), partition(2, 0)));
        plane.append("t", 1, "a");
        FetchResponse second = plane.ask(handler, context(), next(first, 1));
        assertThat(only(second).partitionIndex()).isEqualTo(1);
        assertThat(sizeOf(only(second))).isPositive();
        release(second);
        // The client has not taken it.
        FetchResponse third = plane.ask(handler, context(), next(first, 2));
        assertThat(sizeOf(only(third))).isPositive();
        release(third);
        FetchResponse fourth = plane.ask(handler, context(), next(first, 3, partition(1, 1)));
        assertThat(fourth.responses()).isEmpty();
    }

    @Test
    void aLogThatBeginsLaterIsToldWithinHalfASecond() {
        plane.append("t", 0, "a");
        FetchResponse first = plane.ask(handler, context(), open(partition(0, 1), partition(1, 0)));
        release(first);
        Partition hosted = plane.hosted("t", 0);
        hosted.loop().execute(() -> hosted.deleteRecords(1));
        plane.run();
        plane.ticker.advance(FetchSession.FULL_LOOK_NS, TimeUnit.NANOSECONDS);
        FetchResponse second = plane.ask(handler, context(), next(first, 1));
        assertThat(only(second).logStartOffset()).isEqualTo(1);
    }

    @Test
    void whoDoesNotComeBackIsToldOnce() {
        FetchResponse first = plane.ask(handler, context(), open(partition(0, 0), partition(1, 0)));
        assertThat(first.sessionId()).isNotZero();
        assertThat(waits(0)).isEqualTo(1);
        plane.append("t", 0, "a");
        assertThat(waits(0)).isZero();
        assertThat(waits(1)).isEqualTo(1);
        plane.append("t", 0, "b");
        FetchResponse second = plane.ask(handler, context(), next(first, 1));
        assertThat(sizeOf(only(second))).isEqualTo(2 * DataPlane.batch("a").readableBytes());
        release(second);
    }

    @Test
    void aForgottenPartitionIsNotWatched() {
        FetchResponse first = plane.ask(handler, context(), open(partition(0, 0), partition(1, 0)));
        plane.append("t", 0, "a");
        FetchResponse second = plane.ask(
                handler,
                context(),
                next(first, 1)
                        .setForgottenTopicsData(
                                List.of(new ForgottenTopic().setTopic("t").setPartitions(List.of(0)))));
        assertThat(second.responses()).isEmpty();
        assertThat(waits(0)).isZero();
        assertThat(waits(1)).isEqualTo(1);
    }

    @Test
    void aSessionThatEndsLeavesNoPlaces() {
        FetchResponse first = plane.ask(handler, context(), open(partition(0, 0), partition(1, 0)));
        plane.ask(
                handler,
                context(),
                full(partition(2, 0))
                        .setSessionId(first.sessionId())
                        .setSessionEpoch(FetchSession.FINAL_EPOCH)
                        .setMaxWaitMs(0));
        assertThat(List.of(waits(0), waits(1), waits(2))).containsOnly(0);
    }

    @Test
    void aSessionThatEndsWhileItIsInUseLeavesNoPlacesAfterThat() {
        FetchResponse first = plane.ask(handler, context(), open(partition(0, 0), partition(1, 0)));
        CompletableFuture<FetchResponse> waiting =
                plane.send(handler, context(), next(first, 1).setMinBytes(1).setMaxWaitMs(100));
        plane.run();
        plane.ask(
                handler,
                context(),
                full(partition(2, 0))
                        .setSessionId(first.sessionId())
                        .setSessionEpoch(FetchSession.FINAL_EPOCH)
                        .setMaxWaitMs(0));
        assertThat(waits(0)).isEqualTo(1);
        plane.advanceMs(100);
        assertThat(waiting).isDone();
        assertThat(waits(0)).isZero();
    }

    /** A session of which every partition has been looked at, and all that there was has been told. */
    private FetchSession lookedAt(FetchRequest request, boolean ofFollower) {
        FetchSession session = new FetchSession(request, false, ofFollower);
        session.setId(1);
        session.activateAll(0);
        look(session, ofFollower);
        session.active().forEach(FetchedPartition::markSent);
        session.settle();
        return session;
    }

    private void look(FetchSession session, boolean ofFollower) {
        FetchReader reader = new FetchReader(plane.locator, ReplicaSelector.LEADER, 1 << 20, throttle);
        FetchTerms terms = FetchTerms.of(new FetchRequest().setReplicaId(ofFollower ? 2 : -1), (short) 12, 1 << 20);
        for (FetchedPartition wanted : session.active()) {
            reader.read(session, wanted, terms, 1 << 20, LogView.FirstBatch.WHOLE);
            wanted.read.dropRecords();
        }
        session.settle();
    }

    private static FetchRequest all() {
        return full(partition(0, 0), partition(1, 0), partition(2, 0), partition(3, 0));
    }

    private int waits(int partition) {
        return plane.hosted("t", partition).committedWaits().size();
    }

    private TestContext context() {
        return new TestContext(12, plane.loops.get(0));
    }
}
