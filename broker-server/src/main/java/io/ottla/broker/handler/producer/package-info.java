/**
 * Identities of producers: InitProducerId for idempotent producers. The block of ids in hand is owned by
 * {@link io.ottla.broker.handler.producer.ProducerIds}, which guards itself.
 */
@NullMarked
package io.ottla.broker.handler.producer;

import org.jspecify.annotations.NullMarked;
