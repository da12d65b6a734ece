package io.ottla.sim.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import io.ottla.sim.world.World;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** What brokers log goes into the trace of the world that their thread runs, with its time and their names. Any thread. */
final class TracedLog extends UnsynchronizedAppenderBase<ILoggingEvent> {
    private static final ThreadLocal<@Nullable World> WORLDS = new ThreadLocal<>();

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

    /** From now on lines of this thread belong to this world. */
    void follow(World next) {
        WORLDS.set(next);
    }

    @Override
    protected void append(ILoggingEvent event) {
        World current = WORLDS.get();
        if (current != null) {
            String name = event.getLoggerName();
            current.trace()
                    .note(
                            current.running(),
                            event.getLevel() + " " + name.substring(name.lastIndexOf('.') + 1) + ": "
                                    + event.getFormattedMessage());
        }
    }
}
