/**
 * Creation, growth and deletion of topics: requests for the controller, which is asked through a port because it may be
 * another broker. Stateless.
 */
@NullMarked
package io.ottla.broker.handler.topic;

import org.jspecify.annotations.NullMarked;
