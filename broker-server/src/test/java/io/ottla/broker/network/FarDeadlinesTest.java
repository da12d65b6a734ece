package io.ottla.broker.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.ThreadAwareExecutor;
import io.netty.util.concurrent.Ticker;
import io.ottla.loop.ManualLoop;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a loop is told of its deadlines, and when it is woken: over a loop that only counts, with alarms in manual time. */
class FarDeadlinesTest {
    private static final long NONE = -1;

    private final MockTicker ticker = Ticker.newMockTicker();
    private final ManualLoop alarms = new ManualLoop(ticker);
    private final Loop loop = new Loop();
    private final Sockets sockets = new Sockets();
    private final FarDeadlines deadlines = new FarDeadlines(sockets, loop, alarms, ticker);

    /** Counts how often it is woken. */
    private static final class Loop implements ThreadAwareExecutor {
        int wakeUps;

        @Override
        public boolean isExecutorThread(Thread thread) {
            return true;
        }

        @Override
        public void execute(Runnable task) {
            wakeUps++;
        }
    }

    /** Asks for the deadline, as the handler of real sockets does before it waits. */
    private static final class Sockets implements IoHandler {
        long deadlineNs;

        @Override
        public int run(IoHandlerContext context) {
            deadlineNs = context.deadlineNanos();
            return 0;
        }

        @Override
        public IoRegistration register(IoHandle handle) {
            throw new UnsupportedOperationException("there are no sockets");
        }

        @Override
        public void wakeup() {}

        @Override
        public boolean isCompatible(Class<? extends IoHandle> handleType) {
            return true;
        }
    }

    /** A loop whose next timer is due at {@code deadlineNs}. */
    private record Timers(long deadlineNs) implements IoHandlerContext {
        @Override
        public boolean canBlock() {
            return true;
        }

        @Override
        public long delayNanos(long currentTimeNanos) {
            return deadlineNs - currentTimeNanos;
        }

        @Override
        public long deadlineNanos() {
            return deadlineNs;
        }
    }

    @Test
    void aLoopWithoutTimersWaitsForEverAndSetsNoAlarm() {
        deadlines.run(new Timers(NONE));
        assertThat(sockets.deadlineNs).isEqualTo(NONE);
        assertThat(alarms.hasTimers()).isFalse();
    }

    @Test
    void aNearTimerIsTheLoopsOwn() {
        long deadlineNs = inMs(9);
        deadlines.run(new Timers(deadlineNs));
        assertThat(sockets.deadlineNs).isEqualTo(deadlineNs);
        assertThat(alarms.hasTimers()).isFalse();
    }

    @Test
    void aFarTimerWakesTheLoopWhenItIsDue() {
        deadlines.run(new Timers(inMs(500)));
        assertThat(sockets.deadlineNs).isEqualTo(NONE);
        alarms.advanceMs(499);
        assertThat(loop.wakeUps).isZero();
        alarms.advanceMs(1);
        assertThat(loop.wakeUps).isEqualTo(1);
    }

    @Test
    void oneAlarmServesAllWaitsThatEndLater() {
        for (int i = 0; i < 100; i++) {
            deadlines.run(new Timers(inMs(500)));
            assertThat(sockets.deadlineNs).isEqualTo(NONE);
            alarms.advanceMs(1);
        }
        alarms.advanceMs(400);
        assertThat(loop.wakeUps).isEqualTo(1);
        assertThat(alarms.hasTimers()).isFalse();
    }

    @Test
    void aWokenLoopSetsTheAlarmForWhatIsStillToCome() {
        long deadlineNs = inMs(700);
        deadlines.run(new Timers(inMs(500)));
        alarms.advanceMs(500);
        deadlines.run(new Timers(deadlineNs));
        assertThat(sockets.deadlineNs).isEqualTo(NONE);
        alarms.advanceMs(200);
        assertThat(loop.wakeUps).isEqualTo(2);
    }

    @Test
    void anEarlierTimerTakesTheAlarmOver() {
        deadlines.run(new Timers(inMs(500)));
        deadlines.run(new Timers(inMs(100)));
        alarms.advanceMs(100);
        assertThat(loop.wakeUps).isEqualTo(1);
        alarms.advanceMs(1_000);
        assertThat(loop.wakeUps).isEqualTo(1);
    }

    @Test
    void withoutAlarmsALoopMindsItsTimersItself() {
        EventExecutor ended = new DefaultEventExecutor();
        ended.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS).syncUninterruptibly();
        long deadlineNs = inMs(500);
        new FarDeadlines(sockets, loop, ended, ticker).run(new Timers(deadlineNs));
        assertThat(sockets.deadlineNs).isEqualTo(deadlineNs);
    }

    private long inMs(long ms) {
        return ticker.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms);
    }
}
