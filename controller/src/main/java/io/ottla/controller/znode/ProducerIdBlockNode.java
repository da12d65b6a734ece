package io.ottla.controller.znode;

/**
 * {@code /latest_producer_id_block}: the block of producer ids given out last.
 *
 * @param brokerId to whom
 * @param first first id, inclusive
 * @param last last id, inclusive
 */
public record ProducerIdBlockNode(int brokerId, long first, long last) {

    /** The path. */
    public static final String PATH = "/latest_producer_id_block";

    /** Ids per block. */
    public static final int BLOCK_SIZE = 1000;

    /** The very first block. */
    public static ProducerIdBlockNode initial(int brokerId) {
        return new ProducerIdBlockNode(brokerId, 0, BLOCK_SIZE - 1);
    }

    /** The block after this one. */
    public ProducerIdBlockNode next(int forBroker) {
        return new ProducerIdBlockNode(forBroker, last + 1, Math.addExact(last, BLOCK_SIZE));
    }

    /** The contents of the znode; the bounds are text, as Kafka has them. */
    public byte[] encode() {
        return JsonNode.write(json -> {
            json.writeNumberField("version", 1);
            json.writeNumberField("broker", brokerId);
            json.writeStringField("block_start", Long.toString(first));
            json.writeStringField("block_end", Long.toString(last));
        });
    }

    /** The block in the znode. */
    public static ProducerIdBlockNode decode(byte[] data) {
        JsonNode json = JsonNode.parse(PATH, data);
        return new ProducerIdBlockNode(json.integer("broker"), json.number("block_start"), json.number("block_end"));
    }
}
