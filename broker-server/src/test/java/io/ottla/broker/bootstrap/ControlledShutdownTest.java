package io.ottla.broker.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.broker.forward.FakePeer;
import io.ottla.loop.ManualLoop;
import io.ottla.protocol.api.PeerUnreachableException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.ControlledShutdownRequest;
import io.ottla.protocol.message.ControlledShutdownResponse;
import io.ottla.protocol.message.ControlledShutdownResponse.RemainingPartition;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A broker that leaves, and a controller that helps, cannot help, or is not there. */
class ControlledShutdownTest {
    private static final ControlledShutdown.Settings SETTINGS = new ControlledShutdown.Settings(true, 2, 5_000);

    private final ManualLoop loop = new ManualLoop();
    private final FakePeer controller = new FakePeer();
    private boolean alone;

    @Test
    void isDoneWhenNothingRemains() {
        controller.answers(new ControlledShutdownResponse());
        CompletableFuture<Boolean> done = shutdown(SETTINGS, 42).request();
        loop.runAll();
        assertThat(done).isCompletedWithValue(true);
        assertThat(controller.received())
                .containsExactly(new ControlledShutdownRequest().setBrokerId(1).setBrokerEpoch(42));
    }

    @Test
    void asksAgainAfterGrowingPausesWhilePartitionsRemain() {
        controller.answers(remaining()).answers(remaining()).answers(new ControlledShutdownResponse());
        CompletableFuture<Boolean> done = shutdown(SETTINGS, 42).request();
        loop.advanceMs(250);
        assertThat(controller.received()).hasSize(2);
        loop.advanceMs(499);
        assertThat(done).isNotDone();
        loop.advanceMs(1);
        assertThat(done).isCompletedWithValue(true);
    }

    @Test
    void givesUpWhenAllRepetitionsTogetherWouldHaveTakenAsLong() {
        for (int i = 0; i < 10; i++) {
            controller.answers(
                    i == 1
                            ? new ControlledShutdownResponse().setErrorCode(ErrorCode.STALE_BROKER_EPOCH.code())
                            : remaining());
        }
        CompletableFuture<Boolean> done = shutdown(SETTINGS, 42).request();
        for (int ms = 0; ms < 7_750; ms += 250) {
            assertThat(done).isNotDone();
            loop.advanceMs(250);
        }
        assertThat(done).isCompletedWithValue(false);
        assertThat(controller.received()).hasSize(6);
    }

    @Test
    void givesUpAtOnceWhenNobodyElseIsAlive() {
        controller.answers(remaining());
        alone = true;
        CompletableFuture<Boolean> done = shutdown(SETTINGS, 42).request();
        loop.runAll();
        assertThat(done).isCompletedWithValue(false);
    }

    @Test
    void findsTheNextControllerSoonAndWaitsForOneNoLongerThanForPartitions() {
        controller
                .fails(new PeerUnreachableException("gone"))
                .answers(new ControlledShutdownResponse().setErrorCode(ErrorCode.NOT_CONTROLLER.code()))
                .answers(new ControlledShutdownResponse());
        CompletableFuture<Boolean> done = shutdown(SETTINGS, 42).request();
        loop.advanceMs(100);
        loop.advanceMs(100);
        assertThat(done).isCompletedWithValue(true);

        for (int i = 0; i < 200; i++) {
            controller.fails(new PeerUnreachableException("gone"));
        }
        CompletableFuture<Boolean> givenUp = shutdown(SETTINGS, 42).request();
        for (int ms = 0; ms < 12_000; ms += 100) {
            assertThat(givenUp).isNotDone();
            loop.advanceMs(100);
        }
        assertThat(givenUp).isCompletedWithValue(false);
    }

    @Test
    void doesNotWaitForeverForAControllerThatKeepsSilent() {
        CompletableFuture<Boolean> done = shutdown(SETTINGS, 42).request();
        loop.advanceMs(11_999);
        assertThat(done).isNotDone();
        loop.advanceMs(1);
        assertThat(done).isCompletedWithValue(false);
    }

    @Test
    void asksNobodyWhenDisabledOrNotRegistered() {
        assertThat(shutdown(new ControlledShutdown.Settings(false, 2, 5_000), 42)
                        .request())
                .isCompletedWithValue(false);
        assertThat(shutdown(SETTINGS, -1).request()).isCompletedWithValue(false);
        loop.runAll();
        assertThat(controller.received()).isEmpty();
    }

    private ControlledShutdown shutdown(ControlledShutdown.Settings settings, long brokerEpoch) {
        return new ControlledShutdown(controller, settings, 1, () -> brokerEpoch, () -> alone, loop);
    }

    private static ControlledShutdownResponse remaining() {
        ControlledShutdownResponse response = new ControlledShutdownResponse();
        response.remainingPartitions()
                .add(new RemainingPartition().setTopicName("t").setPartitionIndex(0));
        return response;
    }
}
