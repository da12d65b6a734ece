package io.ottla.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.bench.load.LoadSpec.Filled;
import io.ottla.bench.load.LoadSpec.Payload;
import io.ottla.bench.load.LoadSpec.Rate;
import io.ottla.bench.load.LoadSpec.Timing;
import io.ottla.bench.load.LoadSpec.Topic;
import io.ottla.bench.load.LoadSpec.TransactionShape;
import io.ottla.bench.os.UsageMeter.Processes;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Goal: what clients shall do reaches their process. Method: loads of several shapes, written and read. */
class JsonTest {
    private static final Topic TOPIC = new Topic("letters", 3);
    private static final Payload PAYLOAD = new Payload(100, "lz4");
    private static final Timing TIMING = new Timing(5, 7);

    static LoadSpec[] loads() {
        return new LoadSpec[] {
            new LoadSpec.FixedRate("host:1", TOPIC, PAYLOAD, Rate.plain(10), TIMING, null),
            new LoadSpec.FixedRate("host:1", TOPIC, PAYLOAD, new Rate(10, 100), TIMING, TOPIC),
            new LoadSpec.Transactions("host:1", TOPIC, PAYLOAD, 8, new TransactionShape(20, 10), TIMING),
            new LoadSpec.FillKeyed("host:1", TOPIC, PAYLOAD, 1000, 10),
            new LoadSpec.Compact("host:1", TOPIC, "/data", new Filled(10, 1000))
        };
    }

    @ParameterizedTest
    @MethodSource("loads")
    void aLoadIsReadAsItWasWritten(LoadSpec spec) {
        Json json = new Json();
        Command command = new Command(spec, new Processes(1, 2, 3, 4));
        assertThat(json.read(json.write(command), Command.class)).isEqualTo(command);
    }
}
