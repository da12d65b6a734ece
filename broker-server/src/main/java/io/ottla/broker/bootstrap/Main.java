package io.ottla.broker.bootstrap;

import io.ottla.broker.cli.ConsoleLogging;
import io.ottla.broker.cli.KafkaServerStart;

/** The process: a broker, from its command line to its exit status. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        StartClock clock = StartClock.sinceProcessStart();
        ConsoleLogging.install();
        System.exit(new KafkaServerStart(config -> new BrokerAssembly(config, clock).start()).run(arguments));
    }
}
