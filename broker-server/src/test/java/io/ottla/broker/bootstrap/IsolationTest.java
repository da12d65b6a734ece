package io.ottla.broker.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.controller.zk.SessionEvent;
import io.ottla.loop.ManualLoop;
import io.ottla.protocol.api.PeerChannel;
import io.ottla.protocol.api.PeerUnreachableException;
import io.ottla.protocol.message.ApiVersionsResponse;
import io.ottla.protocol.schema.ApiMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A broker whose ZooKeeper is silent, among others that answer, refuse, or are silent too. */
class IsolationTest {
    private static final long SESSION_MS = 18_000;

    private final ManualLoop loop = new ManualLoop();
    private final List<Way> ways = new ArrayList<>();
    private List<Integer> others = List.of(2, 3);
    private final Isolation isolation = new Isolation(SESSION_MS, () -> others, id -> new Way(), loop);

    /** The way to another broker, at which nothing happens by itself. */
    private final class Way implements PeerChannel {
        private final CompletableFuture<ApiMessage> answer = new CompletableFuture<>();
        private Runnable refuse = () -> {};
        private boolean closed;

        Way() {
            ways.add(this);
        }

        @Override
        @SuppressWarnings("unchecked")
        public <R extends ApiMessage> CompletableFuture<R> send(ApiMessage request, short version) {
            return (CompletableFuture<R>) answer;
        }

        @Override
        public void keepOpen(Runnable onRefused) {
            refuse = onRefused;
        }

        @Override
        public void close() {
            closed = true;
            answer.completeExceptionally(new PeerUnreachableException("closed"));
        }
    }

    @Test
    void asksNobodyWhileTheSessionMayLive() {
        isolation.onSessionEvent(SessionEvent.SUSPENDED);
        loop.advanceMs(SESSION_MS - 1);
        isolation.onSessionEvent(SessionEvent.RESUMED);
        loop.advanceMs(10 * SESSION_MS);
        assertThat(ways).isEmpty();
        assertThat(isolation.isCutOff()).isFalse();
    }

    @Test
    void isCutOffWhenNobodyAnswersUntilSomebodyDoes() {
        isolation.onSessionEvent(SessionEvent.SUSPENDED);
        loop.advanceMs(SESSION_MS);
        assertThat(ways).hasSize(2);
        loop.advanceMs(Isolation.PATIENCE_MS);
        assertThat(isolation.isCutOff()).isTrue();
        assertThat(ways).allMatch(way -> way.closed);
        loop.advanceMs(2_000);
        assertThat(ways).hasSize(4);
        assertThat(isolation.isCutOff()).isTrue();
        ways.get(3).answer.complete(new ApiVersionsResponse());
        loop.runAll();
        assertThat(isolation.isCutOff()).isFalse();
        // It goes on asking, for the cut may come back.
        loop.advanceMs(Isolation.PATIENCE_MS + 2_000 + Isolation.PATIENCE_MS);
        assertThat(isolation.isCutOff()).isTrue();
        isolation.onSessionEvent(SessionEvent.ESTABLISHED);
        assertThat(isolation.isCutOff()).isFalse();
        assertThat(ways).allMatch(way -> way.closed);
    }

    @Test
    void aSessionThatExpiresIsNoSignOfLife() {
        isolation.onSessionEvent(SessionEvent.SUSPENDED);
        loop.advanceMs(SESSION_MS - 1);
        isolation.onSessionEvent(SessionEvent.EXPIRED);
        loop.advanceMs(1);
        loop.advanceMs(Isolation.PATIENCE_MS);
        assertThat(isolation.isCutOff()).isTrue();
        isolation.onSessionEvent(SessionEvent.EXPIRED);
        assertThat(isolation.isCutOff()).isTrue();
    }

    @Test
    void oneAnswerOrOneRefusalIsEnough() {
        isolation.onSessionEvent(SessionEvent.SUSPENDED);
        loop.advanceMs(SESSION_MS);
        ways.get(0).refuse.run();
        loop.advanceMs(Isolation.PATIENCE_MS);
        assertThat(isolation.isCutOff()).isFalse();
        loop.advanceMs(2_000);
        ways.get(2).answer.complete(new ApiVersionsResponse());
        loop.advanceMs(Isolation.PATIENCE_MS);
        assertThat(isolation.isCutOff()).isFalse();
    }

    @Test
    void theOnlyBrokerOfItsClusterIsNeverCutOff() {
        others = List.of();
        isolation.onSessionEvent(SessionEvent.SUSPENDED);
        loop.advanceMs(10 * SESSION_MS);
        assertThat(isolation.isCutOff()).isFalse();
    }

    @Test
    void whatAWayOfARoundThatIsOverBringsDoesNotCount() {
        isolation.onSessionEvent(SessionEvent.SUSPENDED);
        loop.advanceMs(SESSION_MS);
        Way late = ways.get(0);
        loop.advanceMs(Isolation.PATIENCE_MS + 2_000);
        late.refuse.run();
        loop.runAll();
        assertThat(isolation.isCutOff()).isTrue();
    }
}
