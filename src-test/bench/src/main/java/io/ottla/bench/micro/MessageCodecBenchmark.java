package io.ottla.bench.micro;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.ottla.protocol.message.ProduceRequest;
import io.ottla.protocol.message.ProduceRequest.PartitionProduceData;
import io.ottla.protocol.message.ProduceRequest.TopicProduceData;
import io.ottla.protocol.message.ProduceResponse;
import io.ottla.protocol.message.ProduceResponse.PartitionProduceResponse;
import io.ottla.protocol.message.ProduceResponse.TopicProduceResponse;
import io.ottla.protocol.record.CompressionCodec;
import io.ottla.protocol.schema.BufferRecords;
import io.ottla.protocol.schema.MessageParts;
import io.ottla.protocol.schema.MessageReader;
import io.ottla.protocol.schema.MessageWriter;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Reading a produce request and writing its response. Records are a slice: their number must not matter. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MessageCodecBenchmark {
    private static final short VERSION = 11;
    private static final int VALUE_BYTES = 100;
    private static final int EXPECTED_BYTES = 64;
    private static final String TOPIC = "some-topic";

    @Param({"1", "1000"})
    public int records = 1;

    private ByteBuf request = Unpooled.EMPTY_BUFFER;
    private final ProduceResponse response = new ProduceResponse()
            .setResponses(List.of(new TopicProduceResponse()
                    .setName(TOPIC)
                    .setPartitionResponses(List.of(new PartitionProduceResponse().setBaseOffset(1)))));

    @Setup
    public void setUp() {
        ByteBuf batch = SampleBatches.batch(CompressionCodec.NONE, records, VALUE_BYTES);
        PartitionProduceData data = new PartitionProduceData().setIndex(0);
        data.setRecords(BufferRecords.own(batch));
        ProduceRequest message = new ProduceRequest()
                .setAcks((short) -1)
                .setTopicData(List.of(new TopicProduceData().setName(TOPIC).setPartitionData(List.of(data))));
        MessageWriter out = MessageWriter.message(PooledByteBufAllocator.DEFAULT, EXPECTED_BYTES);
        message.write(out, VERSION);
        MessageParts parts = out.finish();
        request = Unpooled.directBuffer((int) parts.totalBytes());
        parts.parts().forEach(part -> request.writeBytes((ByteBuf) part));
        parts.release();
    }

    @TearDown
    public void tearDown() {
        request.release();
    }

    @Benchmark
    public ProduceRequest readRequest() {
        ProduceRequest message = new ProduceRequest();
        message.read(new MessageReader(request.readerIndex(0)), VERSION);
        return message;
    }

    @Benchmark
    public long writeResponse() {
        MessageWriter out = MessageWriter.message(PooledByteBufAllocator.DEFAULT, EXPECTED_BYTES);
        response.write(out, VERSION);
        MessageParts parts = out.finish();
        long bytes = parts.totalBytes();
        parts.release();
        return bytes;
    }
}
