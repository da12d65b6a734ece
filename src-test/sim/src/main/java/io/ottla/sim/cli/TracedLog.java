package io.ottla.sim.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import io.ottla.sim.world.World;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * What brokers log goes into the trace of the world that their thread runs, with its time and their names. What they say, without
 * the values in it, tells which branches were reached. Any thread.
 */
final class TracedLog extends UnsynchronizedAppenderBase<ILoggingEvent> {
    private static final ThreadLocal<@Nullable Followed> FOLLOWED = new ThreadLocal<>();

    private record Followed(World world, Map<String, Integer> said) {}

    /** Takes over all logging of the process. */
    static TracedLog install() {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.detachAndStopAllAppenders();
        root.setLevel(Level.INFO);
        TracedLog traced = new TracedLog();
        traced.setContext(context);
        traced.start();
        root.addAppender(traced);
        return traced;
    }

    /**
     * From now on lines of this thread belong to this world.
     *
     * @return counts how often each line was logged, its values left out
     */
    Map<String, Integer> follow(World next) {
        Map<String, Integer> said = new HashMap<>();
        FOLLOWED.set(new Followed(next, said));
        return said;
    }

    /** Lines of this thread belong to nothing any more, and keep nothing alive. */
    void forget() {
        FOLLOWED.remove();
    }

    @Override
    protected void append(ILoggingEvent event) {
        Followed current = FOLLOWED.get();
        if (current == null) {
            return;
        }
        String who = current.world.running();
        if (who.isEmpty() && !event.getLevel().isGreaterOrEqual(Level.WARN)) {
            return; // Whoever watches over the simulation uses the same classes.
        }
        String name = event.getLoggerName();
        String what = event.getLevel() + " " + name.substring(name.lastIndexOf('.') + 1) + ": ";
        current.said.merge(what + event.getMessage(), 1, Integer::sum);
        current.world.trace().note(who, what + event.getFormattedMessage());
    }
}
