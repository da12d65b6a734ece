package io.ottla.broker.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * Logback on standard output, put together in code: logback's own way there (a search for services, annotations, status
 * messages, a pattern that is compiled) would be a sixth of the time that a start takes. An operator who names a file with
 * {@code -Dlogback.configurationFile} gets logback's own way and that file.
 */
public final class ConsoleLogging implements SLF4JServiceProvider {
    private static final String REQUESTED_API_VERSION = "2.0.99";

    private final LoggerContext loggers = new LoggerContext();
    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final LogbackMDCAdapter contextMap = new LogbackMDCAdapter();

    /** Makes this the way of logging of the process; to be called before anything asks for a logger. */
    public static void install() {
        if (System.getProperty("logback.configurationFile") == null && System.getProperty("slf4j.provider") == null) {
            System.setProperty("slf4j.provider", ConsoleLogging.class.getName());
            // Or a line about the provider would be the first that an operator sees.
            System.setProperty("slf4j.internal.verbosity", "WARN");
        }
    }

    @Override
    public void initialize() {
        loggers.setName("default");
        loggers.setMDCAdapter(contextMap);
        ConsoleLine line = new ConsoleLine();
        line.setContext(loggers);
        line.start();
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(loggers);
        encoder.setLayout(line);
        encoder.start();
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(loggers);
        console.setName("console");
        console.setEncoder(encoder);
        console.start();
        Logger root = loggers.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.INFO);
        root.addAppender(console);
        // Both speak at length about every start and session; what matters is said by the broker itself.
        loggers.getLogger("org.apache.zookeeper").setLevel(Level.WARN);
        loggers.getLogger("io.netty").setLevel(Level.WARN);
        loggers.start();
    }

    @Override
    public ILoggerFactory getLoggerFactory() {
        return loggers;
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return contextMap;
    }

    @Override
    public String getRequestedApiVersion() {
        return REQUESTED_API_VERSION;
    }
}
