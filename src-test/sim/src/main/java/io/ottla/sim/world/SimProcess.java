package io.ottla.sim.world;

import io.netty.util.concurrent.Ticker;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;

/** One life of a process: its clocks, whether it runs, stands still, or is gone. Confined to the world's thread. */
public final class SimProcess {
    private final World world;
    private final int host;
    private final String name;
    private boolean dead;
    private long pausedUntilNs;
    private long clockOffsetMs;

    /** @param host where it runs, for the network */
    public SimProcess(World world, int host, String name) {
        this.world = world;
        this.host = host;
        this.name = name;
    }

    public World world() {
        return world;
    }

    public int host() {
        return host;
    }

    public String name() {
        return name;
    }

    public boolean isDead() {
        return dead;
    }

    /** Ends at once; whatever it would have done later does not happen. */
    public void kill() {
        dead = true;
    }

    /** Stands still, as in a long collection of garbage; connections stay, and what arrives waits. */
    public void pause(long durationNs) {
        pausedUntilNs = Math.max(pausedUntilNs, world.nowNs() + durationNs);
    }

    public boolean isPaused() {
        return world.nowNs() < pausedUntilNs;
    }

    /** When it goes on; in the past unless it is paused. */
    long pausedUntilNs() {
        return pausedUntilNs;
    }

    /** Moves the wall clock. */
    public void stepClock(long deltaMs) {
        clockOffsetMs += deltaMs;
    }

    public void note(String what) {
        world.trace().note(name, what);
    }

    public Ticker ticker() {
        return new Ticker() {
            @Override
            public long initialNanoTime() {
                return 0;
            }

            @Override
            public long nanoTime() {
                return world.nowNs();
            }

            @Override
            public void sleep(long delay, TimeUnit unit) {
                throw new UnsupportedOperationException("nothing that is simulated may sleep");
            }
        };
    }

    public Clock clock() {
        return new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return Instant.ofEpochMilli(millis());
            }

            @Override
            public long millis() {
                return world.nowMs() + clockOffsetMs;
            }
        };
    }
}
