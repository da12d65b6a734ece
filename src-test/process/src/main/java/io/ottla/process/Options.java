package io.ottla.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** How the virtual machines of brokers are set up. */
public enum Options {
    /** Small and quick to start: for tests that ask what a broker does, not how fast. */
    LIGHT("-Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1"),
    /** By each broker's own start script: for figures. */
    AS_SHIPPED("-Xmx1G -Xms1G -server -XX:+UseG1GC -XX:MaxGCPauseMillis=20 -XX:InitiatingHeapOccupancyPercent=35"
            + " -XX:+ExplicitGCInvokesConcurrent -Djava.awt.headless=true");

    private final String ofApacheKafka;

    Options(String ofApacheKafka) {
        this.ofApacheKafka = ofApacheKafka;
    }

    /** What stands in the command line of Apache Kafka. */
    List<String> ofApacheKafka() {
        return List.of(ofApacheKafka.split(" ", -1));
    }

    /** Variables for the start script of the broker under test, whose logs go to {@code logs}. */
    Map<String, String> environment(Path logs) {
        // An archive of classes that is made beside a measurement would take part in it.
        return switch (this) {
            case LIGHT ->
                Map.of("LOG_DIR", logs.toString(), "KAFKA_HEAP_OPTS", System.getProperty("test.heap", "-Xmx512m"));
            case AS_SHIPPED -> Map.of("LOG_DIR", logs.toString(), "OTTLA_CDS", "off");
        };
    }
}
