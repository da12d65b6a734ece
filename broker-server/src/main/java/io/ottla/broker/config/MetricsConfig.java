package io.ottla.broker.config;

import static io.ottla.broker.config.ConfigKey.ofBoolean;
import static io.ottla.broker.config.ConfigKey.ofInt;
import static io.ottla.broker.config.ConfigKey.ofList;
import static io.ottla.broker.config.ConfigKey.ofLong;
import static io.ottla.broker.config.ConfigKey.ofString;

import java.util.List;

/** How metrics are sampled and who gets them. Nothing here has an effect. */
final class MetricsConfig {

    static final KeyGroup KEYS = KeyGroup.of(
            "Metrics",
            "How metrics are sampled and who gets them.",
            ofList("metric.reporters", List.of()).clusterWide().low().withoutEffect("Classes that report metrics."),
            ofBoolean("auto.include.jmx.reporter", true)
                    .low()
                    .withoutEffect("Whether JMX is reported without being named."),
            ofInt("metrics.num.samples", 2).atLeast(1).low().withoutEffect("Samples kept per metric."),
            ofLong("metrics.sample.window.ms", 30000L).atLeast(1).low().withoutEffect("Length of a sample."),
            ofString("metrics.recording.level", "INFO").low().withoutEffect("Detail of metrics: INFO, DEBUG or TRACE."),
            ofList("kafka.metrics.reporters", List.of())
                    .low()
                    .withoutEffect("Classes that report the older kind of metrics."),
            ofInt("kafka.metrics.polling.interval.secs", 10)
                    .atLeast(1)
                    .low()
                    .withoutEffect("Interval of those reporters."),
            ofInt("telemetry.max.bytes", 1048576).atLeast(1).low().withoutEffect("Largest push of client metrics."));

    private MetricsConfig() {}
}
